import { Link } from 'wouter';
import { buttonLook } from '../parts/button.tsx';
import { Empty } from '../parts/notice.tsx';
import { useTitle } from './use-title.ts';

export function NotFound({ what }: { what: string }) {
  useTitle('Not found');
  return (
    <>
      <h1 className="mb-4 text-xl font-semibold">Not found</h1>
      <Empty title={`There is no such ${what}`}>
        It may have been removed, or the address is cut.
      </Empty>
      <p className="mt-4 text-center">
        <Link href="/" className={buttonLook()}>
          All projects
        </Link>
      </p>
    </>
  );
}
