import { createCtx, type Services } from '../ctx.ts'
import { type Axis, axes, axisNames, type OptionName, recordsOf } from './axes.ts'
import type { Design } from './design.ts'
import type { FlowCtx, OpenedDesign } from './flow-ctx.ts'
import { followed, type Successors } from './ids/followed.ts'
import type { Ids, SequenceName } from './ids/ids.ts'
import { perSequence } from './ids/per-sequence.ts'
import type { Lifecycle } from './option.ts'

/** What opening one option gives: its axis's methods, and more where it has state of its own. */
export type Opened<
  A extends Axis,
  N extends OptionName<A>,
> = (typeof axes)[A]['options'][N] extends { open(...of: never[]): infer Api } ? Api : never

/**
 * The options of one process, each opened at its first use and once: however many designs share an
 * option, they share its state, and two options of one axis each have their own.
 */
export class OpenedOptions {
  readonly #opened = new Map<string, Lifecycle>()
  readonly #designs = new WeakMap<Design, OpenedDesign>()

  readonly #successors: Successors = {
    option: (name) => (Object.hasOwn(axes.ids.options, name) ? this.#ids(name) : undefined),
    redirected: { cart_items: 0, orders: 0, order_items: 0, payments: 0, payment_history: 0 },
  }

  constructor(readonly services: Services) {}

  /** Ids that were asked of a retired source and taken from its successor, by sequence. */
  get redirectedIds(): Readonly<Record<SequenceName, number>> {
    return this.#successors.redirected
  }

  /** The option, opened at its first use. */
  option<A extends Axis, N extends OptionName<A>>(axis: A, name: N): Opened<A, N> {
    return this.#open(axis, name) as Opened<A, N>
  }

  #open(axis: Axis, name: string): Lifecycle {
    const key = `${axis} ${name}`
    let opened = this.#opened.get(key)
    if (!opened) {
      opened = recordsOf(axis)[name]?.open(this.services, { name })
      if (!opened) throw new Error(`axis ${axis} has no option "${name}"`)
      this.#opened.set(key, opened)
    }
    return opened
  }

  /** Puts an option in its place that was opened otherwise: with a test's clock, or its limits. */
  provide<A extends Axis, N extends OptionName<A>>(axis: A, name: N, opened: Opened<A, N>): void {
    this.#opened.set(`${axis} ${name}`, opened as Lifecycle)
  }

  /** The design with its options open. */
  of(design: Design): OpenedDesign {
    let opened = this.#designs.get(design)
    if (!opened) {
      const { label, options } = design
      const open = axisNames.map((axis) => [axis, this.#open(axis, options[axis])])
      const all = { ...Object.fromEntries(open), label, options } as OpenedDesign
      const ids = followed(this.#idsOf(all.ids, design), this.#successors)
      opened = Object.freeze({ ...all, ids })
      this.#designs.set(design, opened)
    }
    return opened
  }

  #ids(name: string): Ids {
    return this.option('ids', name as OptionName<'ids'>)
  }

  #idsOf(rest: Ids, { sequences }: Design): Ids {
    const own = Object.entries(sequences).map(([name, option]) => [
      name,
      this.option('ids', option),
    ])
    return own.length === 0 ? rest : perSequence(rest, Object.fromEntries(own))
  }

  /** Context of one request or one turn of a loop. */
  ctx(design: Design, route: string, user?: string): FlowCtx {
    return createCtx(this.services, route, this.of(design), user)
  }

  /** Opens every option of the axes, since requests may ask for any: `[axis option, it]`. */
  all(which: readonly Axis[] = axisNames): [name: string, option: Lifecycle][] {
    return which.flatMap((axis) =>
      Object.keys(recordsOf(axis)).map((name): [string, Lifecycle] => [
        `${axis} ${name}`,
        this.#open(axis, name),
      ]),
    )
  }

  /** One turn of settling for every option of an axis. @returns how many things were settled */
  async settle(axis: Axis): Promise<number> {
    let settled = 0
    for (const [, option] of this.all([axis])) settled += (await option.settle?.()) ?? 0
    return settled
  }

  /** Ends what the opened options have under way; the services are closed after it. */
  async close(): Promise<void> {
    await Promise.all([...this.#opened.values()].map((option) => option.close?.()))
  }
}
