#!/bin/sh
# Runs sample, evaluate and denoise in shards under GNU parallel, two at a time, and compares what merge makes with the whole.
#   sh tests/cluster/parallel.sh [shards]
set -eu
SHARDS=${1:-7}
CLI=$(cd "$(dirname "$0")/../.." && pwd)/dist/cli.js
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"
node "$CLI" train --features 8 --width 8 --depth 1 --levels 9 --steps 20 --batch 4 --out run 2>/dev/null
for line in "sample run --chains 100 --steps 2000 --save samples.npy" "evaluate run --chains 100 --steps 2000" "denoise run"; do
  command=${line%% *}
  node "$CLI" $line --out "$command" 2>/dev/null
  [ -f samples.npy ] && mv samples.npy "$command"
  seq "$SHARDS" | parallel -N0 --jobs 2 node "$CLI" $line --threads 1 --out "parts-$command" --shard "auto/$SHARDS" 2>/dev/null
  node "$CLI" merge "parts-$command"/*.safetensors --out "merged-$command" 2>/dev/null
  diff -r "$command" "merged-$command"
  echo "GNU $(parallel --version | sed -n '1s/GNU //p'): $SHARDS shards of $command make the bytes of the whole"
done
