// Top up, look, order and pay from the balance: 20, 50 and 100 of each request per second.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/full-flow.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('full-flow')

export { options }
export default run
