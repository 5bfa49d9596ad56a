// A few steady customers: does everything work at all?
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/smoke.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('smoke')

export { options }
export default run
