import { graphlib, layout } from '@dagrejs/dagre';

/** What a graph is drawn from; a dependency that is not among the nodes is left out. */
export interface GraphNode {
  readonly key: string;
  readonly dependencies: readonly string[];
}

export interface Placed {
  readonly key: string;
  /** Upper left corner, pixels. */
  readonly x: number;
  readonly y: number;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

const MARGIN = 8;
export const NODE = Object.freeze({ width: 212, height: 68 });

/** Places the nodes so that arrows point to the right: what must be done first stands further left. */
export function layOut(nodes: readonly GraphNode[]): {
  readonly placed: readonly Placed[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
} {
  const keys = new Set(nodes.map(({ key }) => key));
  const edges = nodes.flatMap(({ key, dependencies }) =>
    dependencies.filter((from) => keys.has(from)).map((from) => ({ from, to: key })),
  );
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 56, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const key of keys) graph.setNode(key, { ...NODE });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const placed = [...keys].map((key) => {
    const { x, y } = graph.node(key);
    return { key, x: x - NODE.width / 2, y: y - NODE.height / 2 };
  });
  const right = Math.max(0, ...placed.map(({ x }) => x + NODE.width));
  const bottom = Math.max(0, ...placed.map(({ y }) => y + NODE.height));
  return { placed, edges, width: right + MARGIN, height: bottom + MARGIN };
}
