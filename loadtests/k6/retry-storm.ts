// A steady crowd that retries as the `retry-storm` fault tells it, while that fault is on.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/retry-storm.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('retry-storm')

export { options }
export default run
