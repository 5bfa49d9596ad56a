// Only balances: 20, 50 and 100 top-ups per second.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/top-up.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('top-up')

export { options }
export default run
