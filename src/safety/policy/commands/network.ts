import { curlCheck } from '../check-curl.ts';
import type { Commands } from '../spec.ts';

/** Asking one's own server. */
export const NETWORK: Commands = Object.freeze({
  curl: {
    options:
      '-s -S -f -i -I -v -X= -H= -d= -o=write -w= -m= -G -k -L -b= -c=write -F= -u= -N -A= -e= -T= -sS -sf -O -j -q -4 -6 -D=write --silent --show-error --fail --fail-with-body --include --head --verbose --request= --header= --data= --data-raw= --data-binary= --data-ascii= --data-urlencode= --json= --output=write --write-out= --max-time= --connect-timeout= --retry= --retry-delay= --retry-connrefused --retry-all-errors --retry-max-time= --get --insecure --location --cookie= --cookie-jar=write --form= --user= --no-buffer --user-agent= --compressed --http1.1 --http2 --dump-header=write --url=url --no-progress-meter --globoff -g --path-as-is --version --create-dirs --max-redirs= --noproxy= --referer= --oauth2-bearer= --raw --basic',
    operands: 'url',
    guarded: true,
    check: curlCheck,
  },
});
