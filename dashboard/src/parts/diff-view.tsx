import { parseDiff, type DiffFile, type DiffLine } from '../show/diff.ts';
import { counted } from '../show/format.ts';
import { Scroller } from './scroller.tsx';

/** A unified diff, file by file, each of which folds. */
export function DiffView({ text }: { text: string }) {
  const files = parseDiff(text);
  if (files.length === 0) return <p className="text-muted">Nothing was changed.</p>;
  return (
    <div className="space-y-3">
      <p className="text-sm text-muted">{counted(files.length, 'file')} changed</p>
      {files.map((file) => (
        <FileDiff key={file.path} file={file} />
      ))}
    </div>
  );
}

function FileDiff({ file }: { file: DiffFile }) {
  return (
    <details open className="overflow-hidden rounded-lg border border-line bg-surface">
      <summary className="flex flex-wrap items-baseline gap-x-3 bg-sunken px-3 py-1.5 text-sm">
        <span className="font-mono break-all">{file.path}</span>
        {file.from !== null && <span className="text-muted">was {file.from}</span>}
        <span className="ml-auto tabular-nums">
          <span className="text-good">+{file.added}</span>{' '}
          <span className="text-bad">−{file.removed}</span>
        </span>
      </summary>
      {file.notes.map((note) => (
        <p key={note} className="px-3 pt-1 font-mono text-xs text-muted">
          {note}
        </p>
      ))}
      <Lines file={file} />
    </details>
  );
}

function Lines({ file }: { file: DiffFile }) {
  if (file.hunks.length === 0) return null;
  return (
    <Scroller label={`Changes of ${file.path}`} className="py-1">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        {file.hunks.map((hunk) => (
          <tbody key={hunk.header}>
            <tr>
              <td colSpan={4} className="bg-accent-soft px-3 text-muted">
                {hunk.header}
              </td>
            </tr>
            {hunk.lines.map((line) => (
              <Line key={line.id} line={line} />
            ))}
          </tbody>
        ))}
      </table>
    </Scroller>
  );
}

const GROUND: Readonly<Record<DiffLine['kind'], string>> = {
  context: '',
  added: 'bg-good-soft',
  removed: 'bg-bad-soft',
  note: 'text-muted italic',
};

const SIGN: Readonly<Record<DiffLine['kind'], string>> = {
  context: ' ',
  added: '+',
  removed: '−',
  note: ' ',
};

function Line({ line }: { line: DiffLine }) {
  return (
    <tr className={GROUND[line.kind]}>
      <td className="w-10 pr-2 text-right text-muted select-none">{line.before}</td>
      <td className="w-10 pr-2 text-right text-muted select-none">{line.after}</td>
      <td className="w-4 text-center select-none">{SIGN[line.kind]}</td>
      <td className="pr-3 whitespace-pre">{line.text}</td>
    </tr>
  );
}
