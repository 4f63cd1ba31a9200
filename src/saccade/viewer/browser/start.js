saccade.start();
