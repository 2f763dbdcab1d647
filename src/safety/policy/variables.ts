import { refuse } from './verdict.ts';

/** Names whose value changes what bash or another program does; only the operator sets these. */
const EXACT: ReadonlySet<string> = new Set([
  'PATH',
  'IFS',
  'ENV',
  'HOME',
  'CDPATH',
  'GLOBIGNORE',
  'EXECIGNORE',
  'FIGNORE',
  'OPTIND',
  'INPUTRC',
  'HISTFILE',
  'HOSTFILE',
  'HISTTIMEFORMAT',
  'MAIL',
  'MAILPATH',
  'MAILCHECK',
  'TMOUT',
  'FUNCNEST',
  'DIRSTACK',
  'POSIXLY_CORRECT',
  'TMPDIR',
  'TMP',
  'TEMP',
  'OLDPWD',
  'PWD',
  'FCEDIT',
  'BROWSER',
  'EDITOR',
  'VISUAL',
  'PAGER',
  'LESSOPEN',
  'LESSCLOSE',
  'TERMINFO',
  'TERMCAP',
  'LOCPATH',
  'NLSPATH',
  'TEXTDOMAINDIR',
  'GCONV_PATH',
  'HOSTALIASES',
  'RES_OPTIONS',
  'RESOLV_HOST_CONF',
  'GLIBC_TUNABLES',
  'MALLOC_TRACE',
  'GETCONF_DIR',
  'CC',
  'CXX',
  'LD',
  'AR',
  'CPP',
  'MAKE',
  'MAKEFILES',
  'MAKEFLAGS',
  'MFLAGS',
  'GNUMAKEFLAGS',
  'RUSTC',
  'RUSTDOC',
  'RUSTC_WRAPPER',
  'RUSTC_WORKSPACE_WRAPPER',
  'RUSTFLAGS',
  'RUSTDOCFLAGS',
  'GOFLAGS',
  'GOPROXY',
  'GOPRIVATE',
  'GONOSUMDB',
  'GOENV',
  'GOTOOLCHAIN',
  'WGETRC',
  'AWKPATH',
  'AWKLIBPATH',
  'JAVA_HOME',
  'JAVA_OPTS',
  'MAVEN_OPTS',
  'GRADLE_OPTS',
  'CLASSPATH',
  'SBT_OPTS',
  'PYTEST_ADDOPTS',
  'PYTEST_PLUGINS',
  'RIPGREP_CONFIG_PATH',
  'SYSTEMD_EDITOR',
  'KUBECONFIG',
  'NETRC',
  'OPENSSL_CONF',
  'OPENSSL_MODULES',
  'OPENSSL_ENGINES',
  'BAT_PAGER',
  'TAR_OPTIONS',
  'SUDO_ASKPASS',
  'SSH_ASKPASS',
  'MANPATH',
  'FACTERLIB',
  'VIMINIT',
  'EXINIT',
]);

const PREFIXES =
  /^(?:SHELL|PS\d|LD_|DYLD_|GIT_|BASH|PERL|RUBY|GEM_|BUNDLE_|CLAUDE_|ANTHROPIC_|NPM_CONFIG_|YARN_|PNPM_|COREPACK_|PIP_|UV_|POETRY_|PDM_|CARGO_|RUSTUP_|DOTNET_|SSH_|CURL_|SSL_|DOCKER_|MAVEN_|GRADLE_|HG|LUA_|PHP|COMPOSER_|R_|JULIA_|DENO_|BUN_|XDG_|_JAVA)/u;
const ENDINGS = /(?:PAGER|_PROXY|_OPTIONS|_COMMAND|_EDITOR|_ASKPASS)$/u;
/** Read by their users in either case. */
const EITHER_CASE = /^npm_config_|_proxy$/iu;
const NODE = /^NODE_(?!ENV$)/u;
const PYTHON = /^PYTHON(?!PATH$|UNBUFFERED$|DONTWRITEBYTECODE$|HASHSEED$|IOENCODING$|UTF8$)/u;

/** Refuses a variable that would make bash or another program behave differently. */
export function refuseVariable(name: string): void {
  const guarded =
    EXACT.has(name) ||
    PREFIXES.test(name) ||
    ENDINGS.test(name) ||
    EITHER_CASE.test(name) ||
    NODE.test(name) ||
    PYTHON.test(name);
  if (guarded)
    refuse(
      'assignment',
      `The variable ${name} changes what other programs do.`,
      'Leave it as it is; the operator sets it with environment.env.',
    );
}
