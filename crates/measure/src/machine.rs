//! The memory of the process and of the machine, as the operating system tells it.

use std::sync::OnceLock;

use sysinfo::{MemoryRefreshKind, Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System};

/// Bytes of memory that this process can hope for: what is built into the machine, or what the
/// process's control group may use, or its addresses may reach (`ulimit -v`), if that is less (Linux).
/// `None` where the system does not tell.
///
/// Asked once and then remembered.
#[must_use]
pub fn memory_bytes() -> Option<u64> {
    static BYTES: OnceLock<Option<u64>> = OnceLock::new();
    *BYTES.get_or_init(|| {
        let mut system = System::new().ok()?;
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let built_in = Some(system.total_memory()).filter(|&bytes| bytes > 0)?;
        let allowed = system.cgroup_limits().map(|limits| limits.total_memory).filter(|&bytes| bytes > 0);
        Some(built_in.min(allowed.unwrap_or(u64::MAX)).min(address_space().unwrap_or(u64::MAX)))
    })
}

/// How far the addresses of this process may reach; `None` where there is no limit, or no Linux.
fn address_space() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    limit.split_whitespace().next()?.parse().ok()
}

/// Bytes of addresses that this process may still take where they are limited (`ulimit -v`), beside all that its program,
/// its threads and their allocator have set aside, used or not. `None` without a limit, and where the system does not tell.
#[must_use]
pub fn addresses_left() -> Option<u64> {
    let limit = address_space()?;
    own_process(|own| limit.saturating_sub(own.virtual_memory()))
}

/// Bytes that this process holds in the machine's memory at present, its resident set. `None`
/// where the system does not tell. Costs a system call or a few.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    own_process(Process::memory).filter(|&bytes| bytes > 0)
}

/// What the system tells of the memory of this process.
fn own_process(tell: impl FnOnce(&Process) -> u64) -> Option<u64> {
    let own = Pid::from_u32(std::process::id());
    let mut system = System::new().ok()?;
    let kind = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind);
    system.process(own).map(tell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_fills_memory_holds_more_of_it_and_never_more_than_there_is() {
        const TAKEN: usize = 64 << 20;
        let (Some(all), Some(before)) = (memory_bytes(), resident_bytes()) else {
            return; // a system that does not tell
        };
        let filled = vec![1_u8; TAKEN];
        let after = resident_bytes().unwrap();
        assert_eq!(std::hint::black_box(&filled)[TAKEN - 1], 1);
        assert!(after >= before + TAKEN as u64 / 2, "{before} and then {after}");
        assert!(after <= all, "{after} of {all}");
    }
}
