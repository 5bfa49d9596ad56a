/** The part of jStat that is used here; the package has no types of its own. */
declare module 'jstat' {
  const jStat: {
    studentt: {
      /** Share of Student's t with these degrees of freedom at or below x. */
      cdf(x: number, degrees: number): number
      /** The x below which this share lies. */
      inv(share: number, degrees: number): number
    }
  }
  export default jStat
}
