/// The same model under other names: views of checkpoints that call tensors as another model does,
/// so that nothing behind them knows.
@org.jspecify.annotations.NullMarked
package org.lines4j.internal.renamed;
