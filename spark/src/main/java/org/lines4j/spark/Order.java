package org.lines4j.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import org.lines4j.cli.Asked;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.SharedPass;
import org.lines4j.run.Pass;

/// What executors are told of a pass: once to each of them, not with each task.
final class Order implements Serializable {
  @Serial private static final long serialVersionUID = 1L;

  private final String run;
  private final int number;
  private final byte[] asked;
  private final String digest;
  private final byte[] pass;

  /// @param run which tells it from all others
  /// @param number of the pass in it
  /// @param digest of the driver's plan
  Order(String run, int number, byte[] asked, String digest, Pass<?> pass) throws IOException {
    this.run = run;
    this.number = number;
    this.asked = asked.clone();
    this.digest = digest;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    pass.writeTo(new DataOutputStream(bytes));
    this.pass = bytes.toByteArray();
  }

  String run() {
    return run;
  }

  int number() {
    return number;
  }

  /// What the plan has to come to.
  String digest() {
    return digest;
  }

  Asked asked() throws IOException {
    return Asked.readFrom(new DataInputStream(new ByteArrayInputStream(asked)));
  }

  static byte[] written(Asked asked) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    asked.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /// The pass, made here.
  SharedPass<?> pass(Plan plan) throws IOException {
    return PlanRunner.local().pass(plan, new DataInputStream(new ByteArrayInputStream(pass)));
  }
}
