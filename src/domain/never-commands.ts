/** How a command may be called that an operator adds: a plain name, no path and no option. */
export const PLAIN_COMMAND = /^(?!-)[\w.+-]+$/u;

/** Commands that no shell of an agent runs, whoever adds them, each with what to do instead. */
export const NEVER: Readonly<Record<string, string>> = Object.freeze({
  ...all(
    'eval . source exec builtin trap alias unalias enable hash bind complete compgen compopt mapfile readarray fc history shopt let caller coproc',
    'Write the commands out plainly; run a script of the project with bash FILE, and a virtual environment by its path: .venv/bin/python.',
  ),
  ...all(
    'sudo su doas pkexec runuser setpriv chroot unshare nsenter capsh mount umount systemctl service shutdown reboot halt poweroff init telinit crontab at batch visudo passwd useradd usermod chown chgrp sysctl insmod modprobe',
    'Nothing here needs more rights: work with the files of the project.',
  ),
  ...all(
    'ssh scp sftp rsync ftp telnet nc ncat netcat socat wget dig nslookup ssh-keygen ssh-agent ssh-copy-id rclone openssl',
    'There is no network but package registries: use npm, pip and the like; ask your own server with curl http://localhost:PORT.',
  ),
  ...all(
    'docker podman nerdctl kubectl helm terraform aws gcloud az gh glab vercel netlify firebase flyctl heroku',
    'Containers and clouds are out of reach; the harness deploys.',
  ),
  ...all(
    'vi vim nvim nano emacs ed ex less more man watch top htop screen tmux script',
    'Nobody is at a terminal: use cat, head, sed -n or the Read and Edit tools.',
  ),
  ...all(
    'gdb strace ltrace perf expect zsh fish csh tcsh ksh ash busybox mkfs fdisk',
    'Use the tools of the project, and bash -c for shell.',
  ),
});

function all(names: string, instead: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, instead]));
}
