/**
 * The few bytes of the protobuf exposition format that a native histogram takes: no text format has
 * it. Field numbers are those of io.prometheus.client (client_model, metrics.proto).
 */

const lengthDelimited = 2
const fixed64 = 1

/** A MetricFamily with its length before it; `count` observations of about 0.2 in each series. */
export function delimitedHistogram(
  name: string,
  series: Record<string, string>[],
  count: number,
): Uint8Array {
  const histogram = 4
  const family = Buffer.concat([
    text(1, name),
    number(3, histogram),
    ...series.map((labels) => message(4, metric(labels, count))),
  ])
  return Buffer.concat([varint(family.length), family])
}

function metric(labels: Record<string, string>, count: number): Uint8Array {
  const pairs = Object.entries(labels).map(([name, value]) =>
    message(1, Buffer.concat([text(1, name), text(2, value)])),
  )
  return Buffer.concat([...pairs, message(7, histogram(count))])
}

/** Schema 0: bucket i holds values from 2^(i-1) to 2^i; 0.2 is in bucket -2. */
function histogram(count: number): Uint8Array {
  const span = Buffer.concat([number(1, zigzag(-2)), number(2, 1)])
  return Buffer.concat([
    number(1, count),
    double(2, count * 0.2),
    number(5, zigzag(0)),
    double(6, 1e-9),
    number(7, 0),
    message(12, span),
    number(13, zigzag(count)),
  ])
}

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value)

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Uint8Array.from([...bytes, rest])
}

const tag = (field: number, wireType: number) => varint(field * 8 + wireType)

const number = (field: number, value: number) => Buffer.concat([tag(field, 0), varint(value)])

const message = (field: number, body: Uint8Array) =>
  Buffer.concat([tag(field, lengthDelimited), varint(body.length), body])

const text = (field: number, value: string) => message(field, Buffer.from(value))

function double(field: number, value: number): Uint8Array {
  const body = Buffer.alloc(8)
  body.writeDoubleLE(value)
  return Buffer.concat([tag(field, fixed64), body])
}
