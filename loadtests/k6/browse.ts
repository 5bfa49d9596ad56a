// Only looking: the list, the best sellers and a product, 20, 50 and 100 times per second each.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/browse.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('browse')

export { options }
export default run
