package org.lines4j.internal.method;

/// Sums that the order of their terms does not change by a bit.
final class UnorderedSum {
  private UnorderedSum() {}

  /// The sum of all terms, which are sorted: there is one for each model, so that they are few.
  static double of(double[] terms) {
    if (terms.length > 2) {
      sort(terms);
    }
    double sum = 0;
    for (double term : terms) {
      sum += term;
    }
    return sum;
  }

  private static void sort(double[] terms) {
    for (int i = 1; i < terms.length; i++) {
      double term = terms[i];
      int at = i;
      for (; at > 0 && terms[at - 1] > term; at--) {
        terms[at] = terms[at - 1];
      }
      terms[at] = term;
    }
  }
}
