import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { datasource } from './panels.ts'

interface AnnotationEntry {
  name: string
  expr: string
  title: string
  text: string
  color: string
  /** Off until a reader turns it on: a band over everything helps few. */
  off?: true
}

/** What is drawn into every panel, as a band from the first second to the last. */
const entries: AnnotationEntry[] = [
  {
    name: 'Faults',
    expr: 'max by (fault, arm) (stampede_fault_active) == 1',
    title: '{{fault}}',
    text: 'fault on in {{arm}}',
    color: 'red',
  },
  {
    name: 'Blocks',
    expr: 'max by (run, block, arm) (stampede_block_active{run="$run"}) == 1',
    title: '{{arm}}',
    text: 'block {{block}} of run {{run}}',
    color: 'blue',
  },
  {
    name: 'Runs',
    expr: 'max by (run, scenario, driver, seed) (stampede_run_info{run="$run"}) == 1',
    title: 'run {{run}}',
    text: '{{scenario}}, driven by {{driver}}, seed {{seed}}',
    color: 'purple',
    off: true,
  },
  {
    name: 'Flags',
    // More customers have the option than 2 s ago: not the start of a process.
    expr:
      'max by (arm, axis, option) (stampede_design_share)' +
      ' > max by (arm, axis, option) (stampede_design_share offset 2s)',
    title: '{{axis}} = {{option}}',
    text: 'more customers of {{arm}} have it',
    color: 'orange',
  },
]

export function annotations() {
  return entries.map(({ name, expr, title, text, color, off }) =>
    new dashboard.AnnotationQueryBuilder()
      .name(name)
      .datasource(datasource)
      .enable(!off)
      .iconColor(color)
      .expr(expr)
      .titleFormat(title)
      .textFormat(text)
      .step('1s'),
  )
}
