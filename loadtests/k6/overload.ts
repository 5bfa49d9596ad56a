// Five times as many for a while: what is served meanwhile, and how soon is it over?
// By hand: k6 run -e STAMPEDE_TARGET=http://127.0.0.1:3000 loadtests/k6/overload.ts
import { crowd } from './driver.ts'

const { options, run } = crowd('overload')

export { options }
export default run
