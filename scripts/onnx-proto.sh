#!/usr/bin/env bash
# Generates src/interp/onnx/onnx_pb.ts from the official onnx.proto, which ships in the PyPI package onnx.
# Wants Python 3 with pip, and npm; leaves nothing behind but the generated file.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

pip install --quiet --root-user-action=ignore --target py grpcio-tools
pip download --quiet --no-deps --dest wheel onnx
python3 -m zipfile -e wheel/onnx-*.whl wheel
npm install --silent --prefix es @bufbuild/protoc-gen-es@2
PYTHONPATH=py python3 -m grpc_tools.protoc -I wheel/onnx \
  --plugin=protoc-gen-es=es/node_modules/.bin/protoc-gen-es --es_out="$root/src/interp/onnx" --es_opt=target=ts wheel/onnx/onnx.proto
