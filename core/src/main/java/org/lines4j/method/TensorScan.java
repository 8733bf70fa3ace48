package org.lines4j.method;

import java.io.IOException;
import java.util.function.Supplier;
import org.lines4j.tensor.Shape;

/// One tensor of all models, which may be read as often as a method needs: on several threads, a
/// tile at a time, so that no tensor is ever held in memory.
public interface TensorScan {
  /// The number of elements of a block, as [Partial] has it.
  int BLOCK = 1 << 20;

  /// About how many elements a sample has.
  int SAMPLE = 1 << 19;

  /// What one thread finds out over some of the tiles.
  ///
  /// A tensor is cut into blocks of [#BLOCK] elements, the last one shorter. All of a block comes
  /// to the same partial result, in order; which blocks do is up to chance.
  interface Partial<P> extends org.lines4j.run.Partial<P> {
    /// Takes a tile.
    ///
    /// @param first the index in the tensor of the tile's first element
    /// @param base empty where there is none
    /// @param models one array for each model but the base; may be used as scratch space
    void tile(long first, float[] base, float[][] models, int count);

    /// Takes over what another thread has found. In whatever order that is done, the result must be
    /// the same to the last bit ([BlockSums] does that for sums).
    @Override
    void add(P other);
  }

  /// The tensor's shape.
  Shape shape();

  /// The number of models but the base.
  int models();

  /// Whether there is a base.
  boolean hasBase();

  /// Reads the tensor of all models once.
  ///
  /// @param empty makes partial results with nothing in them; called on each thread
  <P extends Partial<P>> P measure(Supplier<P> empty) throws IOException;

  /// Reads evenly spread parts of the tensor, some [#SAMPLE] elements: to guess, never to know.
  <P extends Partial<P>> P sample(Supplier<P> empty) throws IOException;

  /// Reads a range of elements.
  ///
  /// @param from the index of the first, a multiple of [#BLOCK] or of a tile
  <P extends Partial<P>> P measure(long from, long count, Supplier<P> empty) throws IOException;

  /// How many partial results there may be at a time, of this and other tensors together: what they
  /// take of memory counts as often.
  int partials();
}
