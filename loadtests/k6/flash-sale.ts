// The sale opens: from quiet to the peak rate in a tenth of the time.
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/flash-sale.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('flash-sale')

export { options }
export default run
