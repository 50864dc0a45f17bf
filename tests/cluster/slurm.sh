#!/bin/sh
# Starts a cluster of this machine alone in a folder of its own, runs sample as an array of jobs, stops the cluster, merges
# the shards and compares them with the whole. Needs root, and Debian's slurmctld, slurmd, slurm-client and munge.
#   sh tests/cluster/slurm.sh [shards]
set -eu
SHARDS=${1:-4}
CLI=$(cd "$(dirname "$0")/../.." && pwd)/dist/cli.js
FOLDER=$(mktemp -d)
HOST=$(hostname -s)
export SLURM_CONF="$FOLDER/slurm.conf"
chmod 755 "$FOLDER"
stop() {
  for file in "$FOLDER"/*.pid; do [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null || true; done
  sleep 1
  rm -rf "$FOLDER"
}
trap stop EXIT

# munged wants folders that only its user can write.
mkdir -p "$FOLDER/munge" "$FOLDER/state" "$FOLDER/spool"
chmod 711 "$FOLDER/munge"
dd if=/dev/urandom of="$FOLDER/munge/key" bs=128 count=1 2>/dev/null
chmod 600 "$FOLDER/munge/key"
munged --force --key-file="$FOLDER/munge/key" --socket="$FOLDER/munge/socket" --pid-file="$FOLDER/munge.pid" \
  --log-file="$FOLDER/munge/log" --seed-file="$FOLDER/munge/seed"

cat > "$SLURM_CONF" <<END
ClusterName=here
SlurmctldHost=$HOST
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$FOLDER/munge/socket
CredType=cred/munge
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$FOLDER/state
SlurmdSpoolDir=$FOLDER/spool
SlurmctldPidFile=$FOLDER/slurmctld.pid
SlurmdPidFile=$FOLDER/slurmd.pid
SlurmctldLogFile=$FOLDER/slurmctld.log
SlurmdLogFile=$FOLDER/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$HOST CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
slurmctld
slurmd
sleep 3
sinfo

RUN="$FOLDER/run"
node "$CLI" train --features 8 --width 8 --depth 1 --levels 3 --steps 20 --batch 4 --out "$RUN" 2>/dev/null
cat > "$FOLDER/sample.sbatch" <<END
#!/bin/sh
#SBATCH --array=1-$SHARDS
#SBATCH --cpus-per-task=1
#SBATCH --output=$FOLDER/task-%a.log
node $CLI sample $RUN --chains 100 --steps 2000 --save samples.npy --threads 1 --shard auto
END
sbatch --wait "$FOLDER/sample.sbatch" || { cat "$FOLDER"/task-*.log "$FOLDER"/*.log; exit 1; }
cat "$FOLDER"/task-*.log

# One task again, as after a failure: its number among all is then known by /N alone.
rm "$RUN/sample.2-of-$SHARDS.safetensors"
sed -e "s/--array=.*/--array=2/" -e "s#auto\$#auto/$SHARDS#" "$FOLDER/sample.sbatch" > "$FOLDER/again.sbatch"
sbatch --wait "$FOLDER/again.sbatch"
cat "$FOLDER/task-2.log"

node "$CLI" merge "$RUN"/sample.*-of-"$SHARDS".safetensors --out "$FOLDER/merged"
node "$CLI" sample "$RUN" --chains 100 --steps 2000 --save "$FOLDER/whole/samples.npy" --out "$FOLDER/whole"
diff -r "$FOLDER/merged" "$FOLDER/whole"
echo "Slurm $(slurmd -V | cut -d' ' -f2): $SHARDS shards make the bytes of the whole"
