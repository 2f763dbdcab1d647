import { Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import type { Values } from './store.ts';

/**
 * Points of an operation, as Linear documents them: 0.1 a scalar, 1 an object, what a connection
 * holds times its page size (50 where it is not said), rounded up.
 */
export function complexityOf(document: DocumentNode, variables: Values): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const part of document.definitions)
    if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part);
  const count = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        return sum + (fragment === undefined ? 0 : count(fragment.selectionSet));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet);
      const inner = selection.selectionSet;
      if (inner === undefined) return sum + 0.1;
      return sum + (1 + count(inner)) * timesOf(selection, variables);
    }, 0);
  const operations = document.definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION);
  return Math.ceil(operations.reduce((sum, { selectionSet }) => sum + count(selectionSet), 0));
}

/** How many of what it holds a field gives. */
function timesOf(field: FieldNode, variables: Values): number {
  const selected = field.selectionSet?.selections ?? [];
  const pages = selected.some(
    (one) => one.kind === Kind.FIELD && ['nodes', 'edges'].includes(one.name.value),
  );
  if (!pages) return 1;
  const size = field.arguments?.find(({ name }) => ['first', 'last'].includes(name.value))?.value;
  return size === undefined ? 50 : sizeOf(size, variables);
}

function sizeOf(size: ValueNode, variables: Values): number {
  if (size.kind === Kind.INT) return Number(size.value);
  return size.kind === Kind.VARIABLE ? Number(variables[size.name.value] ?? 50) : 50;
}
