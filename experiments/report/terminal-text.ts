import Table from 'cli-table3'
import pc from 'picocolors'
import type { RunVerdict } from '../run/result.ts'
import { tight } from './words.ts'

export interface TerminalOptions {
  /** Whether escape codes may be written; false leaves plain text that reads the same. */
  colour: boolean
  /** Columns to wrap sentences at; tables keep their own width, about 90. */
  columns: number
}

export type Paint = ReturnType<typeof pc.createColors>

export const paintOf = ({ colour }: TerminalOptions): Paint => pc.createColors(colour)

/** Columns in which sentences are read with ease. */
export const widthOf = ({ columns }: TerminalOptions) => Math.max(60, Math.min(columns, 100))

/** Lines only where they help: under the head. All ASCII, so that any pager and log shows it. */
const LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** @param figureColumns so many columns after the first are aligned right */
export function plainTable(head: string[], figureColumns: number, paint: Paint): Table.Table {
  return new Table({
    head: head.map((text) => paint.bold(text)),
    chars: LINES,
    // Colours of cli-table3 are off: picocolors decides once for the whole report.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1, compact: true },
    colAligns: head.map((_, index) => (index > 0 && index <= figureColumns ? 'right' : 'left')),
  })
}

export function paintVerdict(paint: Paint, verdict: RunVerdict): (text: string) => string {
  if (verdict === 'as-expected') return paint.green
  return verdict === 'invariant-broken' ? paint.red : paint.yellow
}

/** Lines of a sentence, the first and the others with a beginning of their own. */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  return Bun.wrapAnsi(tight(text), width, { hard: false, trim: true })
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`)
}

export const trimmed = (text: string) => text.replaceAll(/[ \t]+$/gm, '')
