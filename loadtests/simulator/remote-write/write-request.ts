import protobuf from 'protobufjs'
import { compress } from 'snappyjs'

/** Prometheus remote write 1.0, prompb/types.proto: the fields that are sent. */
const schema = `
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries {
    repeated Label labels = 1;
    repeated Sample samples = 2;
    repeated Histogram histograms = 4;
  }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message Histogram {
    oneof count { uint64 countInt = 1; double countFloat = 2; }
    double sum = 3;
    sint32 schema = 4;
    double zeroThreshold = 5;
    oneof zeroCount { uint64 zeroCountInt = 6; double zeroCountFloat = 7; }
    repeated BucketSpan positiveSpans = 11;
    repeated sint64 positiveDeltas = 12;
    int64 timestamp = 15;
  }
  message BucketSpan { sint32 offset = 1; uint32 length = 2; }
`

const writeRequest = protobuf.parse(schema).root.lookupType('WriteRequest')

/** The same on the wire, its doubles as the bits they are: JavaScript knows only one NaN. */
const bitsRequest = protobuf
  .parse(schema.replaceAll(/double (value|sum)/g, 'fixed64 $1'))
  .root.lookupType('WriteRequest')
/** The NaN that ends a series at once, not after five minutes (Prometheus, value/value.go). */
const staleNaN = { high: 0x7ff00000, low: 2, unsigned: true }

/** A native histogram as it is sent: counts of exponential buckets as runs of differences. */
export interface NativeHistogram {
  countInt: number
  sum: number
  /** Buckets per doubling are 2 to the power of this. */
  schema: number
  zeroThreshold: number
  zeroCountInt: number
  positiveSpans: { offset: number; length: number }[]
  positiveDeltas: number[]
}

export interface Series {
  name: string
  labels: Record<string, string>
  value: number | NativeHistogram
}

/** The body of one push: every series with its value at `timestampMs`, protobuf under snappy. */
export function encodeWriteRequest(series: readonly Series[], timestampMs: number): Uint8Array {
  const timeseries = series.map((one) => {
    const { value } = one
    return seriesWith(one, typeof value === 'number' ? { value } : value, timestampMs)
  })
  return compress(writeRequest.encode({ timeseries }).finish())
}

/** The body of a last push that ends every series. */
export function encodeEnd(series: readonly Series[], timestampMs: number): Uint8Array {
  const timeseries = series.map((one) => {
    const end = typeof one.value === 'number' ? { value: staleNaN } : { sum: staleNaN }
    return seriesWith(one, end, timestampMs)
  })
  return compress(bitsRequest.encode({ timeseries }).finish())
}

/** One point of a series. Receivers want labels in the order of their names. */
function seriesWith({ name, labels, value }: Series, point: object, timestamp: number) {
  const sorted = Object.entries({ __name__: name, ...labels })
    .map(([label, text]) => ({ name: label, value: text }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const kind = typeof value === 'number' ? 'samples' : 'histograms'
  return { labels: sorted, [kind]: [{ ...point, timestamp }] }
}
