#!/bin/sh
# Packs the agent for build hosts in EC2: what `-c agentProgram=` leads to. Prints its sum, for `-c agentProgramSha256=`.
# Usage: pack-agent.sh FOLDER ARCHIVE, where FOLDER has <program>/bootstrap, as cargo-lambda leaves it. The same programs make the same archive.
set -eu
from=$1
archive=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for program in kraken-agent kraken-tool; do
    install -m 0755 "$from/$program/bootstrap" "$folder/$program"
done
mkdir -p "$(dirname "$archive")"
tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --file "$folder/agent.tar" --directory "$folder" kraken-agent kraken-tool
gzip --no-name --best <"$folder/agent.tar" >"$archive"
sha256sum "$archive"
