import { counter } from '../../metrics/table.ts'
import { requestClasses } from './admission.ts'

const labels = { class: requestClasses }

/** Of options that refuse requests. */
export const admissionMetrics = {
  stampede_admission_admitted_total: counter('Requests let in, by class.', labels),
  stampede_admission_refused_total: counter(
    'Requests refused at once or after a wait, by class.',
    labels,
  ),
}
