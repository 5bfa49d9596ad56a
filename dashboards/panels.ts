import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import {
  colors,
  type Entry,
  type PanelEntry,
  type Query,
  type Readings,
  type TextEntry,
  type Threshold,
} from './entries.ts'

/** The template variable that every query goes to. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
export const datasource = { type: 'prometheus', uid: '${datasource}' }

/** What every panel builder of the library can. */
interface Dressable extends Builder<dashboard.Panel> {
  title(title: string): unknown
  description(description: string): unknown
  datasource(datasource: common.DataSourceRef): unknown
  unit(unit: string): unknown
  decimals(decimals: number): unknown
  noValue(text: string): unknown
  thresholds(thresholds: Builder<dashboard.ThresholdsConfig>): unknown
  mappings(mappings: dashboard.ValueMapping[]): unknown
  withTarget(target: Builder<unknown & object>): unknown
  overrideByQuery(refId: string, properties: dashboard.DynamicConfigValue[]): unknown
}

/** The panel of an entry, without a place. */
export function panelOf(entry: Entry): dashboard.Panel {
  if (entry.kind === 'text') return textOf(entry)
  const builder = builders[entry.kind](entry)
  builder.title(entry.title)
  builder.description(descriptionOf(entry))
  builder.datasource(datasource)
  builder.unit(entry.unit)
  builder.thresholds(thresholdsOf(entry.thresholds ?? [{ from: null, color: colors.good }]))
  if (entry.decimals !== undefined) builder.decimals(entry.decimals)
  if (entry.noValue) builder.noValue(entry.noValue)
  if (entry.readings) builder.mappings(mappingsOf(entry.readings))
  entry.queries.forEach((query, index) => {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index)
    builder.withTarget(targetOf(entry.kind, query, refId))
    const style = styleOf(query)
    if (style.length > 0) builder.overrideByQuery(refId, style)
  })
  return builder.build()
}

const descriptionOf = ({ good, otherwise }: PanelEntry): string =>
  `**Good:** ${good}\n\n**Otherwise:** ${otherwise}`

const legend = (isShown: boolean) =>
  new common.VizLegendOptionsBuilder()
    .showLegend(isShown)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .calcs([])

const builders: Record<PanelEntry['kind'], (entry: PanelEntry) => Dressable> = {
  timeseries: (entry) =>
    new TimeseriesBuilder()
      .min(0)
      .lineWidth(2)
      .fillOpacity(4)
      .showPoints(common.VisibilityMode.Never)
      .spanNulls(false)
      .thresholdsStyle(thresholdStyleOf(entry))
      .legend(legend(true))
      .tooltip(
        new common.VizTooltipOptionsBuilder()
          .mode(common.TooltipDisplayMode.Multi)
          .sort(common.SortOrder.Descending),
      ),
  stat: () =>
    new StatBuilder()
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
      .graphMode(common.BigValueGraphMode.None)
      .colorMode(common.BigValueColorMode.Value)
      .textMode(common.BigValueTextMode.ValueAndName)
      .orientation(common.VizOrientation.Vertical),
  table: (entry) =>
    new TableBuilder()
      .cellOptions({ type: 'color-text' } as common.TableCellOptions)
      .withTransformation({
        id: 'organize',
        options: { excludeByName: { Time: true }, renameByName: entry.columns ?? {} },
      }),
  'state-timeline': () =>
    new StateTimelineBuilder()
      .mergeValues(true)
      .rowHeight(0.8)
      .showValue(common.VisibilityMode.Never)
      .legend(legend(false)),
}

function textOf(entry: TextEntry): dashboard.Panel {
  return new TextBuilder().title(entry.title).mode(TextMode.Markdown).content(entry.content).build()
}

function targetOf(kind: PanelEntry['kind'], query: Query, refId: string) {
  const target = new DataqueryBuilder().refId(refId).expr(query.expr).legendFormat(query.legend)
  target.datasource(datasource)
  if (kind === 'table') return target.instant().format(PromQueryFormat.Table)
  return kind === 'stat' ? target.instant() : target.range()
}

function thresholdsOf(steps: Threshold[]) {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(({ from, color }) => ({ value: from, color })))
}

function thresholdStyleOf(entry: PanelEntry) {
  const mode = entry.thresholds
    ? common.GraphThresholdsStyleMode.Dashed
    : common.GraphThresholdsStyleMode.Off
  return new common.GraphThresholdsStyleConfigBuilder().mode(mode)
}

function mappingsOf(readings: Readings): dashboard.ValueMapping[] {
  const { nan, ...values } = readings
  const mappings: dashboard.ValueMapping[] = [
    { type: dashboard.MappingType.ValueToText, options: values },
  ]
  if (nan) {
    const match = dashboard.SpecialValueMatch.NotANumber
    mappings.push({ type: dashboard.MappingType.SpecialValue, options: { match, result: nan } })
  }
  return mappings
}

function styleOf({ color, dashed }: Query): dashboard.DynamicConfigValue[] {
  const style: dashboard.DynamicConfigValue[] = []
  if (color) style.push({ id: 'color', value: { mode: 'fixed', fixedColor: color } })
  if (dashed) style.push({ id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 6] } })
  if (dashed) style.push({ id: 'custom.lineWidth', value: 1 })
  return style
}
