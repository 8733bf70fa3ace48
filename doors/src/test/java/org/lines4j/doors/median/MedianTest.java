package org.lines4j.doors.median;

import org.lines4j.conformance.MethodConformance;
import org.lines4j.method.MethodType;

class MedianTest extends MethodConformance {
  @Override
  protected MethodType method() {
    return new Median();
  }

  @Override
  protected boolean isSymmetric() {
    return true;
  }
}
