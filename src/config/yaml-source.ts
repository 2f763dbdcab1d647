import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLError } from 'yaml';
import type { Place, Problem, Source } from './problem.ts';
import { isOneReference, substitute, typed } from './substitute.ts';
import type { Lookup } from './substitute.ts';

export type Path = readonly PropertyKey[];

/** What filled a value in. */
interface Filling {
  /** Names of the variables. */
  readonly names: readonly string[];
  /** The value is one reference and nothing else. */
  readonly alone: boolean;
}

/** A YAML text as plain data, with the place each value came from. */
export interface YamlData {
  readonly data: unknown;
  readonly problems: readonly Problem[];
  /** Where a value stands; for one that is not there, what encloses it. */
  placeOf(path: Path): Place;
  placeOfKey(path: Path): Place;
  /** Whether the value came out of a variable, and may be other than what the file shows. */
  substituted(path: Path): boolean;
  /** The variables that the value came out of. */
  filling(path: Path): Filling | undefined;
  /** Whether the value could not be filled in, which is reported already. */
  failed(path: Path): boolean;
}

export interface YamlOrder {
  readonly source: Source;
  readonly lookup: Lookup;
  /** Sections may be empty: all their keys commented out. */
  readonly isSection: (path: Path) => boolean;
}

/** A configuration has some hundred values; aliases that multiply beyond this are an attack. */
const MAX_VALUES = 10_000;
const MAX_DEPTH = 40;

/** Keys that name an object's machinery instead of data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

interface Walk extends YamlOrder {
  readonly problems: Problem[];
  readonly anchors: Map<string, Node>;
  readonly values: Map<string, number>;
  readonly keys: Map<string, number>;
  readonly substituted: Map<string, Filling>;
  readonly failed: Set<string>;
  count: number;
}

/** Parses and fills in variables; every problem found on the way is reported, none is thrown. */
export function readYaml(order: YamlOrder): YamlData {
  const walk: Walk = {
    ...order,
    problems: [],
    anchors: new Map(),
    values: new Map([['', 0]]),
    keys: new Map(),
    substituted: new Map(),
    failed: new Set(),
    count: 0,
  };
  const document = compose(walk);
  const data = document === undefined ? undefined : valueOf(document.contents, [], walk);
  return {
    data: exceeds(walk) ? {} : (data ?? {}),
    problems: walk.problems,
    placeOf: (path) => place(walk, walk.values, path),
    placeOfKey: (path) => place(walk, walk.keys, path),
    substituted: (path) => walk.substituted.has(id(path)),
    filling: (path) => walk.substituted.get(id(path)),
    failed: (path) => walk.failed.has(id(path)),
  };
}

/** Undefined when the text is not YAML, after reporting why. */
function compose(walk: Walk): Document | undefined {
  const document = parse(walk);
  if (document === undefined) return undefined;
  const errors: readonly YAMLError[] = [...document.errors, ...document.warnings];
  for (const { message, pos } of errors) report(walk, pos[0], `not YAML: ${message}`);
  return errors.length === 0 ? document : undefined;
}

function parse(walk: Walk): Document | undefined {
  try {
    return parseDocument(walk.source.text, {
      prettyErrors: false,
      logLevel: 'error',
      // Checked while walking: the parser compares every key with every other.
      uniqueKeys: false,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(walk, 0, 'nested too deeply');
    return undefined;
  }
}

function valueOf(node: unknown, path: Path, walk: Walk): unknown {
  walk.count += 1;
  if (exceeds(walk) || path.length > MAX_DEPTH) return exploded(walk);
  const offset = offsetOf(node);
  if (offset !== undefined && !walk.values.has(id(path))) walk.values.set(id(path), offset);
  if (isAlias(node)) return aliased(node.source, path, walk);
  remember(node, walk);
  if (isMap(node)) return mapOf(node.items, path, walk);
  if (isSeq(node)) return node.items.map((item, index) => valueOf(item, [...path, index], walk));
  return isScalar(node) && node.value !== null ? scalarOf(node, path, walk) : emptyOf(path, walk);
}

/** In the order of the text, so that an alias finds the anchor before it, as YAML wants. */
function remember(node: unknown, walk: Walk): void {
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined && isNode(node)) walk.anchors.set(anchor, node);
}

function aliased(anchor: string, path: Path, walk: Walk): unknown {
  const target = walk.anchors.get(anchor);
  if (target !== undefined) return valueOf(target, path, walk);
  report(walk, place(walk, walk.values, path).offset, `no anchor &${anchor} before this alias`);
  return undefined;
}

function exceeds(walk: Walk): boolean {
  return walk.count > MAX_VALUES;
}

/** Said once; the rest of the file is not looked at any more. */
function exploded(walk: Walk): undefined {
  const what = 'holds too many values: nested too deeply, or aliases that multiply';
  if (!walk.problems.some((problem) => problem.what === what)) report(walk, 0, what);
  return undefined;
}

function emptyOf(path: Path, walk: Walk): unknown {
  return walk.isSection(path) ? {} : null;
}

function mapOf(pairs: readonly Pair[], path: Path, walk: Walk): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const pair of pairs) {
    if (exceeds(walk)) break;
    const offset = offsetOf(pair.key) ?? 0;
    const key = keyOf(pair.key);
    const fault = faultOfKey(key, map);
    if (fault !== undefined) report(walk, offset, fault);
    if (key === undefined || fault !== undefined) continue;
    walk.keys.set(id([...path, key]), offset);
    map[key] = valueOf(pair.value, [...path, key], walk);
    if (!walk.values.has(id([...path, key]))) walk.values.set(id([...path, key]), offset);
  }
  return map;
}

function keyOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value } = node;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function faultOfKey(key: string | undefined, map: object): string | undefined {
  if (key === undefined) return 'a key must be a plain word';
  if (FORBIDDEN.has(key)) return `the key ${key} is not allowed`;
  return Object.hasOwn(map, key) ? `the key ${key} stands here twice` : undefined;
}

function scalarOf(node: Scalar, path: Path, walk: Walk): unknown {
  const { value } = node;
  if (typeof value !== 'string') return value;
  const result = substitute(value, walk.lookup);
  if (result.kind === 'failed') {
    const start = node.range?.[0] ?? 0;
    const found = walk.source.text.indexOf(value.slice(result.at, result.at + 4), start);
    report(walk, found === -1 ? start : found, result.what);
    walk.failed.add(id(path));
    return undefined;
  }
  const alone = isOneReference(value);
  if (result.replaced) walk.substituted.set(id(path), { names: result.names, alone });
  return node.type === 'PLAIN' && alone ? typed(result.text) : result.text;
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function report(walk: Walk, offset: number, what: string): void {
  walk.problems.push({ place: { source: walk.source, offset }, what });
}

function place(walk: Walk, offsets: ReadonlyMap<string, number>, path: Path): Place {
  for (let length = path.length; length >= 0; length -= 1) {
    const known = id(path.slice(0, length));
    const offset = (length === path.length ? offsets : walk.keys).get(known);
    if (offset !== undefined) return { source: walk.source, offset };
  }
  return { source: walk.source, offset: 0 };
}

function id(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll('/', '//')}`).join('');
}
