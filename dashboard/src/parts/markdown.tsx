import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { plain } from '../show/plain.ts';
import { Scroller } from './scroller.tsx';

/**
 * A document that an agent wrote. Hostile: no HTML of its own passes, links open apart and tell
 * nobody where from, pictures are shown by their words alone, so that nothing is fetched, and
 * characters that turn others around by their names. Headings go down one level, below the page's own.
 */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="prose">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeSanitize]}
        components={COMPONENTS}
      >
        {plain(text)}
      </ReactMarkdown>
    </div>
  );
}

const COMPONENTS: Components = {
  h1: ({ children }) => <h2>{children}</h2>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ alt }) => <em>[picture: {alt === undefined || alt === '' ? 'without words' : alt}]</em>,
  // The checkbox of a task list has no label: words say what it shows.
  input: ({ checked }) => (
    <span>
      <span aria-hidden="true">{checked === true ? '☑' : '☐'}</span>
      <span className="sr-only">{checked === true ? 'done:' : 'to do:'}</span>
    </span>
  ),
  pre: ({ children }) => (
    // What scrolls must be reachable by keyboard.
    <pre tabIndex={0}>{children}</pre>
  ),
  table: ({ children }) => (
    <Scroller label="Table" className="table-box">
      <table>{children}</table>
    </Scroller>
  ),
};
