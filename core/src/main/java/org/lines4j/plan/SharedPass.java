package org.lines4j.plan;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.storage.Sink;

/// A pass that another JVM drives, made here once more from the plan of the same request
/// ([PlanRunner#pass]). Any number of threads carry units out, which come to the same here as
/// there.
public final class SharedPass<R extends Partial<R>> implements Closeable {
  private final Pass<R> pass;
  private final List<Sink> files;

  /// @param files that units are written to; closed with the pass
  public SharedPass(Pass<R> pass, List<Sink> files) {
    this.pass = pass;
    this.files = List.copyOf(files);
  }

  /// Carries units out. It does no harm to do one twice, here or anywhere.
  ///
  /// @param units their numbers, from 0
  /// @param isStopped asked before each
  /// @return what came of them, written; what they put into files stays by then, whatever happens
  ///   to this machine
  /// @throws InterruptedIOException if it was stopped
  public byte[] run(int[] units, BooleanSupplier isStopped) throws IOException {
    R result = pass.nothing();
    try (Arena arena = Arena.ofConfined()) {
      Desk<R> desk = pass.desk(arena);
      for (int unit : units) {
        if (isStopped.getAsBoolean()) {
          throw new InterruptedIOException("'" + pass.title() + "' was stopped");
        }
        desk.run(unit, result);
      }
    }
    for (Sink file : files) {
      file.sync();
    }
    return written(result);
  }

  /// Adds up what came of some units and of others.
  public byte[] add(byte[] some, byte[] others) throws IOException {
    R sum = read(pass, some);
    sum.add(read(pass, others));
    return written(sum);
  }

  /// What came of units that others have carried out.
  public static <R extends Partial<R>> R read(Pass<R> pass, byte[] written) throws IOException {
    R result = pass.nothing();
    result.readFrom(new DataInputStream(new ByteArrayInputStream(written)));
    return result;
  }

  private static byte[] written(Partial<?> result) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    result.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /// Closes its files, which the JVM that began them finishes.
  @Override
  public void close() throws IOException {
    for (Sink file : files) {
      file.close();
    }
  }
}
