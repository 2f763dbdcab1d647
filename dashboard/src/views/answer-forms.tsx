import { useEffect, useRef, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Field, FIELD } from '../parts/field.tsx';

/** Why it is not good: the agents read it when they try again. */
export function RejectForm(props: {
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onReject: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  const box = useFocused();
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        props.onReject(reason.trim());
      }}
    >
      <Field label="Reason" hint="The agents are told this and try again.">
        {(ids) => (
          <textarea
            {...ids}
            ref={box}
            rows={3}
            required
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            className={`${FIELD} resize-y`}
          />
        )}
      </Field>
      <Ends onCancel={props.onCancel} look="danger" off={props.busy || reason.trim() === ''}>
        Reject
      </Ends>
    </form>
  );
}

/** The document as text; saving it approves it as it then stands. */
export function EditForm(props: {
  readonly text: string;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onSave: (text: string) => void;
}) {
  const [text, setText] = useState(props.text);
  const box = useFocused();
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave(text);
      }}
    >
      <Field
        label="Document, as Markdown"
        hint="Your text replaces the agents’ and counts as approved."
      >
        {(ids) => (
          <textarea
            {...ids}
            ref={box}
            rows={24}
            required
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className={`${FIELD} resize-y font-mono text-sm`}
          />
        )}
      </Field>
      <Ends onCancel={props.onCancel} look="main" off={props.busy || text.trim() === ''}>
        Approve with my text
      </Ends>
    </form>
  );
}

function Ends(props: {
  readonly onCancel: () => void;
  readonly look: 'main' | 'danger';
  readonly off: boolean;
  readonly children: string;
}) {
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button onClick={props.onCancel}>Cancel</Button>
      <Button type="submit" look={props.look} disabled={props.off}>
        {props.children}
      </Button>
    </div>
  );
}

/** The keyboard goes where the next words are typed. */
function useFocused() {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  return box;
}
