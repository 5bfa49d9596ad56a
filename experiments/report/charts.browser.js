// Runs inside report.html. Draws each chart into its figure from the data block of the page.
const charts = JSON.parse(document.getElementById('chart-data').textContent)
const paints = getComputedStyle(document.documentElement)
const colour = (name) => paints.getPropertyValue(`--${name}`).trim()
const HEIGHT_PX = { count: 220, latency: 240 }
let drawn = []

function said(chart, value) {
  if (value === null || value === undefined) return ''
  if (chart.kind === 'count') return value.toLocaleString('en-US')
  if (value < 1) return `${value} ms`
  return value < 1000 ? `${Math.round(value)} ms` : `${+(value / 1000).toFixed(2)} s`
}

function lineOf(chart, line) {
  const ink = colour(line.paint === 'arm' ? chart.role : line.paint)
  const wash = colour(line.paint === 'arm' ? `${chart.role}-wash` : `${line.paint}-wash`)
  return {
    label: line.label,
    stroke: ink,
    width: line.look === 'area' ? 1 : 2,
    dash: line.look === 'dashed' ? [5, 4] : undefined,
    fill: line.look === 'dashed' || chart.kind === 'latency' ? undefined : wash,
    points: { show: chart.kind === 'latency' ? undefined : false, size: 4 },
    value: (_, value) => said(chart, value),
  }
}

// Fault bands and marks lie behind the lines.
function drawMarks(chart) {
  return (plot) => {
    const { ctx, bbox } = plot
    ctx.save()
    for (const fault of chart.faults) {
      const [left, right] = spanOf(plot, fault)
      ctx.fillStyle = colour('fault-wash')
      ctx.fillRect(left, bbox.top, right - left, bbox.height)
      ctx.fillStyle = colour('fault')
      ctx.fillRect(left, bbox.top - 2 * devicePixelRatio, right - left, 2 * devicePixelRatio)
    }
    ctx.strokeStyle = colour('rule-strong')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    const end = plot.valToPos(chart.crowdSeconds, 'x', true)
    ctx.moveTo(end, bbox.top)
    ctx.lineTo(end, bbox.top + bbox.height)
    if (chart.target) {
      const level = plot.valToPos(chart.target.value, 'y', true)
      ctx.moveTo(bbox.left, level)
      ctx.lineTo(bbox.left + bbox.width, level)
    }
    ctx.stroke()
    ctx.restore()
  }
}

// Names come last and above the plot, so that no line runs through them.
function drawNames(chart) {
  return (plot) => {
    const { ctx, bbox } = plot
    ctx.save()
    ctx.font = `${11 * devicePixelRatio}px ${paints.getPropertyValue('--sans')}`
    ctx.textBaseline = 'bottom'
    ctx.textAlign = 'left'
    ctx.fillStyle = colour('fault')
    chart.faults.forEach((fault, index) => {
      const drop = 14 * (index % 3) * devicePixelRatio
      ctx.fillText(fault.name, spanOf(plot, fault)[0], bbox.top - 5 * devicePixelRatio + drop)
    })
    ctx.fillStyle = colour('ink-soft')
    const end = plot.valToPos(chart.crowdSeconds, 'x', true)
    const half = ctx.measureText('last arrival').width / 2
    const left = Math.min(end - half, bbox.left + bbox.width - 2 * half)
    ctx.fillText('last arrival', left, bbox.top - 5 * devicePixelRatio)
    if (chart.target) {
      const level = plot.valToPos(chart.target.value, 'y', true)
      ctx.textAlign = 'right'
      const right = bbox.left + bbox.width - 4 * devicePixelRatio
      ctx.fillText(chart.target.label, right, level - 3 * devicePixelRatio)
    }
    ctx.restore()
  }
}

function spanOf(plot, { fromSeconds, toSeconds }) {
  const { left, width } = plot.bbox
  const at = (second) => plot.valToPos(second, 'x', true)
  return [Math.max(left, at(fromSeconds)), Math.min(left + width, at(toSeconds))]
}

// A flat box with borders looks like the line it stands for, dashes included.
function markersOf(chart) {
  return {
    width: 1.5,
    fill: () => 'transparent',
    dash: (_, index) => (chart.lines[index - 1]?.look === 'dashed' ? 'dashed' : 'solid'),
  }
}

// 1 and 5 of each power of ten: a logarithmic axis that can be read without counting lines.
function splitsOf(chart) {
  if (chart.kind === 'count') return undefined
  const splits = [-1, 0, 1, 2, 3, 4, 5].flatMap((power) => [10 ** power, 5 * 10 ** power])
  return () => splits.filter((split) => split >= chart.yRange[0] && split <= chart.yRange[1])
}

function optionsOf(chart, width) {
  const axis = {
    stroke: colour('ink-soft'),
    font: `11px ${paints.getPropertyValue('--sans')}`,
    grid: { stroke: colour('rule'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT_PX[chart.kind],
    padding: [24, 14, 0, 0],
    cursor: {
      y: false,
      sync: { key: 'second' },
      drag: { x: false, y: false },
      points: { size: 6 },
    },
    scales: {
      x: { time: false, range: [0, chart.xMax] },
      y: { range: chart.yRange, distr: chart.kind === 'latency' ? 3 : 1 },
    },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`), space: 60, size: 30 },
      {
        ...axis,
        size: 56,
        splits: splitsOf(chart),
        filter: (_, splits) => splits,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : said(chart, tick))),
      },
    ],
    series: [
      { label: 'at', value: (_, second) => (second === null ? '' : `${second} s`) },
      ...chart.lines.map((line) => lineOf(chart, line)),
    ],
    legend: { markers: markersOf(chart) },
    hooks: { drawClear: [drawMarks(chart)], draw: [drawNames(chart)] },
  }
}

function draw() {
  for (const plot of drawn) plot.destroy()
  drawn = charts.map((chart) => {
    const place = document.getElementById(chart.id)
    const data = [chart.seconds, ...chart.lines.map((line) => line.values)]
    return new window.uPlot(optionsOf(chart, place.clientWidth), data, place)
  })
}

function resize() {
  drawn.forEach((plot, index) => {
    const { id, kind } = charts[index]
    const width = document.getElementById(id).clientWidth
    if (width !== plot.width) plot.setSize({ width, height: HEIGHT_PX[kind] })
  })
}

draw()
window.addEventListener('resize', resize)
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
// Paper is white: print in the light palette whatever the screen wears.
const print = (theme) => () => {
  document.documentElement.dataset.theme = theme
  draw()
}
window.addEventListener('beforeprint', print('light'))
window.addEventListener('afterprint', print(''))
