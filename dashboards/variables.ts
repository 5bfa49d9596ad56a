import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { datasource } from './panels.ts'

const refresh = dashboard.VariableRefresh.OnTimeRangeChanged
const { NaturalAsc, NaturalDesc } = dashboard.VariableSort

function asked(name: string, label: string, query: string) {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .refresh(refresh)
    .sort(NaturalAsc)
    .multi(false)
    .includeAll(false)
}

/** One arm, `fallback` unless another is chosen. */
function oneArm(name: string, label: string) {
  return asked(name, label, 'label_values(stampede_design_info, arm)').current({
    text: name,
    value: name,
  })
}

/** The variables of a board: data source, scenario, run (the newest first), and the arms. */
export function variables(arms: 'two' | 'many'): Builder<dashboard.VariableModel>[] {
  return [
    new dashboard.DatasourceVariableBuilder('datasource')
      .label('Data source')
      .type('prometheus')
      .multi(false),
    asked('scenario', 'Scenario', 'label_values(stampede_run_info, scenario)')
      .includeAll(true)
      .allValue('.*')
      .current({ text: 'All', value: '$__all' }),
    asked('run', 'Run', 'label_values(stampede_run_info{scenario=~"$scenario"}, run)').sort(
      NaturalDesc,
    ),
    ...(arms === 'two'
      ? [oneArm('before', 'Before'), oneArm('after', 'After')]
      : [
          asked('arm', 'Arms', 'label_values(stampede_design_info, arm)')
            .multi(true)
            .includeAll(true)
            .current({ text: ['All'], value: ['$__all'] }),
        ]),
  ]
}
