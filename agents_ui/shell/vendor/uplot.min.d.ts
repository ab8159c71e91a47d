/** The part of uPlot that charts.js uses. */

export type Data = (number | null)[][];

export interface Series {
  label?: string;
  stroke?: () => string;
  fill?: () => string;
  width?: number;
  dash?: number[];
  paths?: unknown;
  points?: { show: boolean };
}

export default class uPlot {
  static paths: {
    stepped(options: { align: 1 | -1 }): unknown;
    bars(options: { size: [number, number]; align: 1 | 0 | -1 }): unknown;
  };
  constructor(options: Record<string, unknown>, data: Data, box: HTMLElement);
  cursor: { idx: number | null };
  setData(data: Data): void;
  setSize(size: { width: number; height: number }): void;
  redraw(rebuildPaths?: boolean): void;
  destroy(): void;
}
