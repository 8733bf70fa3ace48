package org.lines4j.hub.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Hands a body on to its [Receiver] and counts it.
final class Body implements BodySubscriber<Boolean> {
  private final Receiver receiver;
  private final AtomicLong arrived;
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();
  private volatile @Nullable Subscription subscription;

  /// @param arrived counts bytes, for whoever watches
  Body(Receiver receiver, AtomicLong arrived) {
    this.receiver = receiver;
    this.arrived = arrived;
  }

  @Override
  public CompletionStage<Boolean> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Subscription begun) {
    subscription = begun;
    begun.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    Subscription source = subscription;
    if (done.isDone() || source == null) {
      return;
    }
    try {
      for (ByteBuffer piece : pieces) {
        arrived.addAndGet(piece.remaining());
        if (!receiver.take(piece)) {
          source.cancel();
          done.complete(false);
          return;
        }
      }
      source.request(1);
    } catch (IOException | RuntimeException e) {
      source.cancel();
      done.completeExceptionally(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    done.complete(true);
  }
}
