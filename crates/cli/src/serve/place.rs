//! Where the page is found.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use tokio::{
    net::{TcpListener, TcpSocket},
    runtime::Runtime,
};

use super::{ServeArguments, door::Door};

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("{address} is taken by another program; choose another port with --port, or any free one with --port 0")]
    Taken { address: SocketAddr },
    #[error("this machine is not at {ip}; --bind takes one of its own addresses, or 0.0.0.0 for all of them")]
    Elsewhere { ip: IpAddr },
    #[error("port {port} may be opened by the administrator alone; choose one from 1024 on with --port")]
    Forbidden { port: u16 },
    #[error(
        "the token has to be at least {} letters, digits, - or _ long, so that nobody guesses it; without --token, one is made",
        Door::SHORTEST
    )]
    WeakToken,
    #[error("no token can be made: {reason}; give one with --token")]
    NoToken { reason: String },
    #[error("nothing can be waited for on this system: {source}")]
    NoRuntime { source: io::Error },
    #[error("{address} cannot be listened at: {source}; choose another address with --bind or --port")]
    Unusable { address: SocketAddr, source: io::Error },
}

/// An address that is listened at, and what has to be known there.
pub(super) struct Place {
    address: SocketAddr,
    token: Option<String>,
}

impl Place {
    /// Bytes that the system keeps for a connection before they are taken: frames that are older than these are late.
    const SEND_BUFFER: u32 = 128 << 10;
    /// Connections that wait to be accepted.
    const BACKLOG: u32 = 128;

    /// Takes the place that was asked for.
    pub(super) fn take(arguments: &ServeArguments, runtime: &Runtime) -> Result<(Self, TcpListener), ServeError> {
        let token = match &arguments.token {
            Some(token) if Door::is_strong(token) => Some(token.clone()),
            Some(_) => return Err(ServeError::WeakToken),
            None if arguments.bind.is_loopback() => None,
            None => Some(random_token()?),
        };
        let wanted = SocketAddr::new(arguments.bind, arguments.port);
        let _in = runtime.enter();
        let listener = listen(wanted).map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::Taken { address: wanted },
            io::ErrorKind::AddrNotAvailable => ServeError::Elsewhere { ip: wanted.ip() },
            io::ErrorKind::PermissionDenied => ServeError::Forbidden { port: wanted.port() },
            _ => ServeError::Unusable { address: wanted, source },
        })?;
        let address = listener.local_addr().map_err(|source| ServeError::Unusable { address: wanted, source })?;
        Ok((Self { address, token }, listener))
    }

    pub(super) fn door(&self) -> Door {
        Door::new(self.address.port(), self.token.as_deref())
    }

    /// Whether other machines can reach it.
    pub(super) fn is_open_to_others(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// The address for a browser, with the token if one is needed.
    pub(super) fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            // Nobody is found at 0.0.0.0: those on this machine are found here.
            address.set_ip(match address {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let token = self.token.as_ref().map_or(String::new(), |token| format!("?token={token}"));
        format!("http://{address}/{token}")
    }
}

pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port that was just left can be taken again at once; one that is listened at cannot.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // What is accepted inherits it.
    socket.set_send_buffer_size(Place::SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(Place::BACKLOG)
}

/// 128 random bits from the operating system, as hexadecimal digits.
fn random_token() -> Result<String, ServeError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| ServeError::NoToken { reason: error.to_string() })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_strong_and_never_the_same() {
        let [one, other] = [random_token().unwrap(), random_token().unwrap()];
        assert!(Door::is_strong(&one) && one.len() == 32 && one != other);
    }

    #[test]
    fn the_address_that_is_told_can_be_opened() {
        let url = |address: &str, token: Option<&str>| {
            Place { address: address.parse().unwrap(), token: token.map(str::to_owned) }.url()
        };
        assert_eq!(url("127.0.0.1:80", None), "http://127.0.0.1:80/");
        assert_eq!(url("[::1]:8765", None), "http://[::1]:8765/");
        assert_eq!(url("0.0.0.0:9", Some("abc")), "http://127.0.0.1:9/?token=abc");
        assert_eq!(url("10.0.0.7:9", Some("abc")), "http://10.0.0.7:9/?token=abc");
    }
}
