package org.lines4j.method;

import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.lines4j.tensor.Shape;

/// All tensors of all models that a merge is made of, which may be read as often as a method needs:
/// on several threads, a tile at a time, or in other JVMs.
public interface ModelScan {
  /// How many elements a model has, in all of its tensors together.
  long elements();

  /// Reads all models once.
  ///
  /// @return what the question's partial results came to together
  <P extends Partial<P>> P measure(Question<P> question) throws IOException;

  /// How many elements of each model a sample has; 0 where the models are so small that it is not
  /// worth it.
  long sampled();

  /// Reads evenly spread parts of the models, [#sampled] elements of each: to guess, never to know.
  <P extends Partial<P>> P sample(Question<P> question) throws IOException;

  /// How many partial results there may be at a time: what they take of memory counts as often.
  int partials();

  /// What is to be found out by reading the models once.
  interface Question<P extends Partial<P>> {
    /// A partial result with nothing in it; called on each thread.
    P nothing();

    /// Writes the question, for another JVM, which reads it by [ModelMeasure#read].
    void writeTo(DataOutput out) throws IOException;

    /// What a whole tensor takes beside itself, in bytes, where tensors are asked for as a whole;
    /// empty where tiles are.
    default OptionalLong scratch(Shape shape) {
      return OptionalLong.empty();
    }
  }

  /// What was found out over some pieces of the models.
  interface Partial<P> extends org.lines4j.run.Partial<P> {
    /// Takes a tile.
    ///
    /// @param piece which part of the models it belongs to: all of a piece comes to the same
    ///   partial result, in order; which pieces do is up to chance
    /// @param models one array for each model but the base; may be used as scratch space
    void tile(int piece, float[] base, float[][] models, int count);

    /// Takes a whole tensor, where those are asked for ([Question#scratch]): row-major float32 in
    /// native memory, little-endian.
    ///
    /// @param models one for each model but the base; may be used as scratch space
    default void tensor(Shape shape, MemorySegment base, MemorySegment[] models) {
      throw new UnsupportedOperationException("tiles are asked for");
    }
  }
}
