import '@xyflow/react/dist/base.css';
import {
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { useMemo } from 'react';
import type { WorkItem } from '../../../src/server/contract.ts';
import { ItemState, stateOf } from '../parts/state.tsx';
import { layOut, NODE } from './layout.ts';

type ItemNode = Node<{ readonly item: WorkItem; readonly href: string }, 'item'>;

const TYPES = { item: ItemBox };
const FIT = { padding: { x: '16px', top: '16px', bottom: '52px' }, maxZoom: 1 } as const;

/** The work items and what waits for what; each is a link to its page. The list beside it says the same. */
export function ItemGraph({
  items,
  project,
}: {
  readonly items: readonly WorkItem[];
  readonly project: string;
}) {
  const { nodes, edges, width, height } = useMemo(() => drawing(items, project), [items, project]);
  return (
    // As high as the drawing is at this width, up to half a screen; then one moves about in it.
    <div
      className="min-h-48"
      style={{
        aspectRatio: `${width + 40} / ${height + 80}`,
        maxHeight: `min(30rem, ${height + 80}px)`,
      }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        fitView
        fitViewOptions={FIT}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} position="bottom-right" orientation="horizontal" />
      </ReactFlow>
    </div>
  );
}

interface Drawing {
  readonly nodes: ItemNode[];
  readonly edges: Edge[];
  readonly width: number;
  readonly height: number;
}

function drawing(items: readonly WorkItem[], project: string): Drawing {
  const { placed, edges, width, height } = layOut(items);
  const byKey = new Map(items.map((item) => [item.key, item]));
  const nodes = placed.flatMap(({ key, x, y }): ItemNode[] => {
    const item = byKey.get(key);
    if (item === undefined) return [];
    const data = { item, href: `#/projects/${project}/items/${encodeURIComponent(key)}` };
    return [{ id: key, type: 'item', position: { x, y }, data, ...NODE }];
  });
  const isDone = (key: string): boolean => byKey.get(key)?.status === 'done';
  const arrows = edges.map((edge) => arrow(edge, isDone(edge.from)));
  return { nodes, edges: arrows, width, height };
}

function arrow({ from, to }: { readonly from: string; readonly to: string }, done: boolean): Edge {
  const color = done ? 'var(--good)' : 'var(--edge)';
  return {
    id: `${from} ${to}`,
    source: from,
    target: to,
    style: { stroke: color, strokeWidth: 1.5 },
    markerEnd: { type: MarkerType.ArrowClosed, color, width: 14, height: 14 },
  };
}

function ItemBox({ data: { item, href } }: NodeProps<ItemNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} className="invisible" />
      <a
        href={href}
        data-status={stateOf(item)}
        className="nodrag nopan pointer-events-auto flex h-full w-full flex-col justify-center gap-1 rounded-lg border border-line bg-surface px-3 py-2 shadow-xs hover:border-accent data-[status=in_progress]:border-accent"
      >
        <span className="flex items-center justify-between gap-2 text-xs">
          <span className="font-mono font-medium text-muted">{item.key}</span>
          <ItemState item={item} />
        </span>
        <span className="line-clamp-1 text-sm leading-snug" title={item.title}>
          {item.title}
        </span>
      </a>
      <Handle type="source" position={Position.Right} className="invisible" />
    </>
  );
}
