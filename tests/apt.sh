#!/bin/sh
# Makes sure that the named Debian packages are installed; says nothing and is fast
# when they are.  Installs what is missing as root or through sudo, else prints the
# command.  No service that comes along (kannel) is started: policy-rc.d says no
# while we install and is put back as it was.
set -eu

if ! command -v dpkg-query >/dev/null; then
	exit 0		# not a Debian: the compiler will say what is missing
fi
missing=
for package; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=none
	test "$status" = installed || missing="$missing $package"
done
test -n "$missing" || exit 0

if test "$(id -u)" != 0; then
	if command -v sudo >/dev/null && { test -t 0 || sudo -n true 2>/dev/null; }; then
		echo "installing:$missing"
		exec sudo sh "$0" "$@"
	fi
	echo "please install what is missing:"
	echo "    apt-get install --no-install-recommends$missing"
	exit 1
fi

policy=/usr/sbin/policy-rc.d
restore()
{
	rm -f $policy
	if test -e $policy.zhitiao; then
		mv $policy.zhitiao $policy
	fi
}
trap restore EXIT
trap 'exit 1' HUP INT TERM
# One kept aside is there already when an earlier run was killed.
if test ! -e $policy.zhitiao && test -e $policy; then
	mv $policy $policy.zhitiao
fi
printf '#!/bin/sh\nexit 101\n' >$policy
chmod 755 $policy

export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing"
apt-get update -q
# shellcheck disable=SC2086
apt-get install -q -y --no-install-recommends $missing
