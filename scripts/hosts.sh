#!/usr/bin/env bash
# Several hosts on one machine, with a real network between them: does a swarm that is spread over them come to the
# hash of one process?
#
#     scripts/hosts.sh                                   # two hosts, a process on each
#     scripts/hosts.sh 4 --set network.agents=1000000    # four; what follows is for `lampyrid run`
#
# Each host is a network namespace with a card of its own (a veth pair, whose other end is on a bridge) and a name of its
# own (a UTS namespace: Open MPI would take hosts of one name for one host). Whatever processes tell each other goes
# through TCP, as `--mca btl tcp,self` leaves them nothing else, and the counters of the cards say how much it was.
# There is no sshd: what Open MPI starts other hosts by (`plm_rsh_agent`) is a line that enters a namespace.
#
# Needs Open MPI, iproute2 and the right to make namespaces (root). Without, it says so and ends with 77, which means
# that nothing was tested. LAMPYRID names the program, built with the feature `mpi`; else it is target/release/lampyrid.
set -euo pipefail

skip() { printf 'SKIPPED several hosts on one machine: %s\n' "$*" >&2; exit 77; }

for tool in mpirun ip unshare; do
    command -v "$tool" > /dev/null || skip "there is no $tool"
done
mpirun --version | grep -q 'Open MPI' || skip "mpirun is not that of Open MPI"
lampyrid=$(realpath "${LAMPYRID:-"$(dirname "$0")/../target/release/lampyrid"}")
test -x "$lampyrid" || { echo "error: there is no program $lampyrid; build it with --features mpi" >&2; exit 2; }
count=2
if [[ ${1:-} =~ ^[0-9]+$ ]]; then count=$1; shift; fi
((count >= 2 && count <= 200)) || { echo "error: $count hosts; 2 to 200 can be made" >&2; exit 2; }

name=lampyrid$$
ip netns add "$name-net" 2> /dev/null || skip "this user may not make network namespaces"
scratch=$(mktemp -d)
hosts=()
away() {
    for host in "${hosts[@]}"; do
        ip netns del "$host" 2> /dev/null || true
        rm -rf "/etc/netns/$host"
    done
    ip netns del "$name-net"
    rm -rf "$scratch"
}
trap away EXIT

# Hosts as they find each other.
{
    echo "127.0.0.1 localhost"
    for ((host = 1; host <= count; host++)); do echo "10.77.0.$host $name-$host"; done
} > "$scratch/hosts"

ip -n "$name-net" link add bridge type bridge 2> "$scratch/why" || skip "$(cat "$scratch/why")"
ip -n "$name-net" link set bridge up
for ((host = 1; host <= count; host++)); do
    hosts+=("$name-$host")
    ip netns add "$name-$host"
    mkdir -p "/etc/netns/$name-$host"
    cp "$scratch/hosts" "/etc/netns/$name-$host/hosts"
    ip -n "$name-net" link add "port$host" type veth peer name eth0 netns "$name-$host" 2> "$scratch/why" ||
        skip "$(cat "$scratch/why")"
    ip -n "$name-net" link set "port$host" master bridge up
    ip -n "$name-$host" address add "10.77.0.$host/24" dev eth0
    ip -n "$name-$host" link set eth0 up
    ip -n "$name-$host" link set lo up
done

# As ssh is given them: a host and a command.
cat > "$scratch/enter" << 'ENTER'
#!/bin/sh
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host && exec $*"
ENTER
chmod +x "$scratch/enter"

scenario=(--set network.kind=small_world --set network.agents=20000 --set record.columns=[] --steps 100 "$@" --quiet)
"$lampyrid" run "${scenario[@]}" --threads 1 --out "$scratch/alone"

list=$(printf ',%s:1' "${hosts[@]}")
job=(mpirun --host "${list:1}" -n "$count" --bind-to none
    --mca plm_rsh_agent "$scratch/enter" --mca plm_rsh_no_tree_spawn 1
    --mca btl tcp,self --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0
    "$lampyrid" run "${scenario[@]}" --threads 1 --out "$scratch/spread")
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
"$scratch/enter" "${hosts[0]}" "$(printf '%q ' "${job[@]}")"

hash_of() { sed -n 's/^ *"phase_hash": "\(.*\)",$/\1/p' "$scratch/$1/run.json"; }
told=0
for bytes in $(sed -n '/"ranks": \[/,/^  \]/s/^ *"bytes": \([0-9]*\),$/\1/p' "$scratch/spread/run.json"); do told=$((told + bytes)); done
sent=0
for host in "${hosts[@]}"; do
    sent=$((sent + $(ip netns exec "$host" cat /sys/class/net/eth0/statistics/tx_bytes)))
done
echo "one process  $(hash_of alone)"
echo "$count hosts      $(hash_of spread)"
echo "agents told each other $told bytes; $sent went through the cards"
test -n "$(hash_of alone)"
test "$(hash_of alone)" = "$(hash_of spread)" || { echo "error: the hashes differ" >&2; exit 1; }
((told > 0 && sent >= told)) || { echo "error: not all of it went through the network" >&2; exit 1; }
