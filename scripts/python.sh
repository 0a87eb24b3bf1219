#!/bin/sh
# Print the Python that .venv is made with: python3 if it is new enough and was compiled with profile-guided
# optimization, else the system's if that one will do. pyenv compiles without unless told otherwise, and pure
# Python then takes a quarter more time.
able='import sys, ensurepip, venv
assert sys.version_info >= (3, 11)'
optimized='import sysconfig
assert sys.base_prefix == "/usr" or "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")'
if ! python3 -c "$able
$optimized" 2> /dev/null && /usr/bin/python3 -c "$able" 2> /dev/null; then
	echo /usr/bin/python3
else
	echo python3
fi
