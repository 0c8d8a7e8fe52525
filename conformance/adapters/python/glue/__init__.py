"""The glue between the adapter protocol (conformance/ADAPTER.md) and the package wormhole."""
