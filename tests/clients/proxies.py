"""nginx and squid between a client and the server, each started for one test with a configuration
of its own, on a free port of loopback."""
import os
import shutil
import socket
import subprocess
import tempfile

from kannel import free_port, need
from zt import wait_until

NGINX = """
daemon off;
master_process off;
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{upstream};
      proxy_set_header Host $http_host;
      {directives}
    }}
  }}
}}
"""
SQUID = """
http_port 127.0.0.1:{port} accel vhost
cache_peer {host} parent {upstream_port} 0 no-query originserver
http_access allow all
cache deny all
access_log none
cache_log {dir}/cache.log
cache_store_log none
pid_filename {dir}/pid
coredump_dir {dir}
pinger_enable off
shutdown_lifetime 0 seconds
cache_effective_user {user}
{directives}
"""


class Proxy:
    """Has host and port as the server behind it, so that clients may be given it instead."""

    def __init__(self, server, directives=""):
        self.server, self.host, self.port = server, "127.0.0.1", free_port()
        self.dir = tempfile.mkdtemp(prefix="zt.proxy.")
        self.config = os.path.join(self.dir, "conf")
        self.out = os.path.join(self.dir, "out")
        with open(self.config, "w") as f:
            f.write(self.text(directives))
        self.prepare()
        self.start()

    def start(self):
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(self.argv(), cwd=self.dir, stdout=out, stderr=out)
        wait_until("the proxy listens", self.listens)

    def prepare(self):
        pass

    def listens(self):
        if self.process.poll() is not None:
            with open(self.out, errors="replace") as f:
                raise AssertionError(f"{self.argv()} ended: {f.read()}")
        with socket.socket() as sock:
            return sock.connect_ex((self.host, self.port)) == 0

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Nginx(Proxy):
    def text(self, directives):
        need({"/usr/sbin/nginx": "nginx-light"})
        return NGINX.format(dir=self.dir, port=self.port, directives=directives,
                            upstream=f"{self.server.host}:{self.server.port}")

    def argv(self):
        return ["/usr/sbin/nginx", "-p", self.dir, "-c", self.config]


class Squid(Proxy):
    """As root it gives up its rights, so the folder is its own user's then."""
    user = "proxy"

    def text(self, directives):
        need({"/usr/sbin/squid": "squid"})
        return SQUID.format(dir=self.dir, port=self.port, directives=directives, user=self.user,
                            host=self.server.host, upstream_port=self.server.port)

    def prepare(self):
        if os.getuid() == 0:
            shutil.chown(self.dir, self.user)
            os.chmod(self.dir, 0o755)

    def argv(self):
        return ["/usr/sbin/squid", "-N", "-f", self.config]
